"""Mounts what came late, unless the page is about to go: its answers may come when somebody has just left."""

from textual.widget import AwaitMount, Widget


def mount_into(
    place: Widget, *widgets: Widget, before: Widget | None = None, after: Widget | None = None
) -> AwaitMount:
    """Mount widgets into one that is there, or nothing where it is there no more.

    Args:
        place: The parent.
        widgets: What to mount.
        before: A child of the parent that comes after them.
        after: A child of the parent that comes before them; not both.

    Returns something to wait for.
    """
    if not place.is_attached:
        return AwaitMount(place, [])
    return place.mount(*widgets, before=before, after=after)
