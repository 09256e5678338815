// The peer of the row ssh-wish: a portal with screens like ours, served over SSH by Wish and Bubble Tea.
//
// It has a login form of two fields and, after Enter in the second, a profile of six tabs with about as many lines as
// ours at 80x24. It checks nothing and keeps nothing: what is compared is the memory of a session that is idle.
//
// Built by benchmarks/ssh_wish.py from Debian's packages (golang-go, golang-github-charmbracelet-wish-dev and those of
// Bubble Tea, Bubbles and Lip Gloss), without modules: GO111MODULE=off GOPATH=/usr/share/gocode go build main.go
//
//	main FOLDER   makes its host key in the folder, listens on a free port of 127.0.0.1 and prints "Listening on port N"
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/wish"
	wishtea "github.com/charmbracelet/wish/bubbletea"
	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"
)

var (
	titled = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("15")).Background(lipgloss.Color("24")).Width(80)
	chosen = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("16")).Background(lipgloss.Color("80")).Padding(0, 1)
	other  = lipgloss.NewStyle().Foreground(lipgloss.Color("250")).Padding(0, 1)
	framed = lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).BorderForeground(lipgloss.Color("240")).Padding(0, 1)
	muted  = lipgloss.NewStyle().Foreground(lipgloss.Color("245"))
	button = lipgloss.NewStyle().Foreground(lipgloss.Color("16")).Background(lipgloss.Color("110")).Padding(0, 2)
)

var tabs = []string{"About you", "Quota", "Two factors", "Credit", "Keys", "Tokens"}

type row struct{ name, value string }

var pages = [][]row{
	{{"Username", "jane"}, {"Full name", "Jane Roe"}, {"E-mail", "jane@example.org"}, {"Telephone", "none"},
		{"Organisation", "Example Institute"}, {"Time zone", "Europe/Berlin"}, {"Member since", "3 March 2021"},
		{"Last login", "yesterday, from 192.0.2.7"}, {"Password", "changed 40 days ago"}},
	{{"Machines", "3 of 10"}, {"Processors", "12 of 64"}, {"Memory", "48 of 256 GB"}, {"Disks", "7 of 20"},
		{"Disk space", "410 of 2,000 GB"}, {"Addresses", "2 of 5"}, {"Networks", "1 of 3"}, {"Snapshots", "9 of 50"}},
	{{"In force", "Authenticator app"}, {"Enrolled", "12 May 2023"}, {"Recovery codes", "7 of 10 left"},
		{"Last used", "today"}, {"By mail", "ready"}, {"Trusted devices", "none"}},
	{{"Balance", "120.00"}, {"This month", "18.40"}, {"Last payment", "50.00 on 2 June"}, {"Card", "ends with 4242"},
		{"Invoices", "14"}, {"Next invoice", "1 July"}},
	{{"laptop", "ED25519 SHA256:k3Yb"}, {"office", "ED25519 SHA256:Qm0z"}, {"old", "RSA 4096 SHA256:a81T"}},
	{{"backup", "read, until 1 January"}, {"monitor", "read, for ever"}, {"deploy", "write, until 9 September"}},
}

type portal struct {
	username, password textinput.Model
	in                 bool
	tab                int
}

func newPortal() portal {
	username, password := textinput.New(), textinput.New()
	username.Placeholder, password.Placeholder = "your name or address", "your password"
	password.EchoMode, password.EchoCharacter = textinput.EchoPassword, '•'
	for _, field := range []*textinput.Model{&username, &password} {
		field.CharLimit, field.Width = 100, 40
		field.SetCursorMode(textinput.CursorStatic) // as ours, whose caret does not blink
	}
	username.Focus()
	return portal{username: username, password: password}
}

func (p portal) Init() tea.Cmd { return nil }

func (p portal) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	key, isKey := message.(tea.KeyMsg)
	switch {
	case isKey && key.String() == "ctrl+c":
		return p, tea.Quit
	case p.in:
		if isKey && len(key.String()) == 1 && key.String() >= "1" && key.String() <= "6" {
			p.tab = int(key.String()[0] - '1')
		}
		return p, nil
	case isKey && key.Type == tea.KeyEnter && p.password.Focused():
		p.in = true
		return p, nil
	case isKey && (key.Type == tea.KeyEnter || key.Type == tea.KeyTab):
		p.username.Blur()
		focus := p.password.Focus()
		return p, focus // not in one line, where p could be copied before it has the focus
	}
	var first, second tea.Cmd
	p.username, first = p.username.Update(message)
	p.password, second = p.password.Update(message)
	return p, tea.Batch(first, second)
}

func (p portal) View() string {
	if p.in {
		return p.profile()
	}
	return p.form()
}

func (p portal) form() string {
	fields := lipgloss.JoinVertical(lipgloss.Left,
		"Name or address", framed.Copy().Width(50).Render(p.username.View()),
		"Secret word", framed.Copy().Width(50).Render(p.password.View()),
		"", button.Render("Come in"), "",
		muted.Render("Forgotten your secret word?   No account yet?"))
	return lipgloss.JoinVertical(lipgloss.Left,
		titled.Render(" Portal"), "", "  Enter your account", "", lipgloss.NewStyle().MarginLeft(4).Render(fields), "",
		muted.Render(" tab next field   enter come in   ctrl+c leave"))
}

func (p portal) profile() string {
	names := make([]string, len(tabs))
	for number, name := range tabs {
		style := other
		if number == p.tab {
			style = chosen
		}
		names[number] = style.Render(fmt.Sprintf("%d %s", number+1, name))
	}
	lines := make([]string, 0, 12)
	for _, line := range pages[p.tab] {
		lines = append(lines, muted.Render(fmt.Sprintf("%-18s", line.name))+line.value)
	}
	return lipgloss.JoinVertical(lipgloss.Left,
		titled.Render(" Your profile"+strings.Repeat(" ", 40)+p.username.Value()),
		lipgloss.JoinHorizontal(lipgloss.Top, names...), "",
		framed.Copy().Width(76).Height(13).Render(strings.Join(lines, "\n")),
		lipgloss.JoinHorizontal(lipgloss.Top, button.Render("Change"), "  ", button.Render("Leave")), "",
		muted.Render(" 1-6 another tab   ctrl+c leave"))
}

func main() {
	server, err := wish.NewServer(
		wish.WithHostKeyPath(filepath.Join(os.Args[1], "host_ed25519")),
		wish.WithMiddleware(wishtea.Middleware(func(ssh.Session) (tea.Model, []tea.ProgramOption) {
			return newPortal(), []tea.ProgramOption{tea.WithAltScreen()}
		})),
	)
	if err != nil {
		log.Fatal(err)
	}
	// Anybody comes in by the keyboard-interactive method without a question, as with ours.
	server.KeyboardInteractiveHandler = func(_ ssh.Context, _ gossh.KeyboardInteractiveChallenge) bool { return true }
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Listening on port %d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}
