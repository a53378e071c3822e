package output

import (
	"fmt"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/antom-cli/antom/internal/redact"
)

// Progress shows activity on standard error: one updating line on a terminal,
// otherwise a line for each event.
type Progress struct {
	printer *Printer
	line    func(elapsed time.Duration) string
	begin   time.Time

	mu    sync.Mutex // guards the terminal's line
	frame int
	stop  chan struct{}
	done  chan struct{}
}

// How often the line is drawn, and how often it is printed in accessible mode.
const (
	redraw     = 100 * time.Millisecond
	accessible = 30 * time.Second
)

var frames = [...]string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

const (
	clearLine  = "\r\x1b[K"
	hideCursor = "\x1b[?25l"
	showCursor = "\x1b[?25h"
)

// Progress starts to show a line, which is requested repeatedly. Call Done to end it.
func (p *Printer) Progress(line func(elapsed time.Duration) string) *Progress {
	progress := &Progress{printer: p, line: line, begin: time.Now()}
	if !p.options.ErrTTY || p.options.Quiet {
		return progress
	}
	progress.stop, progress.done = make(chan struct{}), make(chan struct{})
	interval := redraw
	if p.options.Accessible {
		interval = accessible
	} else {
		fmt.Fprint(p.options.Err, hideCursor)
		progress.draw()
	}
	go progress.run(interval)
	return progress
}

func (g *Progress) run(interval time.Duration) {
	defer close(g.done)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-g.stop:
			return
		case <-ticker.C:
			g.draw()
		}
	}
}

// draw shows the current line.
func (g *Progress) draw() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.show()
}

func (g *Progress) show() {
	text := redact.Line(g.line(time.Since(g.begin)))
	if g.printer.options.Accessible {
		fmt.Fprintln(g.printer.options.Err, text)
		return
	}
	g.frame = (g.frame + 1) % len(frames)
	text = ansi.Truncate(frames[g.frame]+" "+text, g.printer.options.Width-1, "…")
	fmt.Fprint(g.printer.options.Err, clearLine, text)
}

// Say lets say print permanent text above the updating line and change what that line
// shows. Nothing is drawn in the meantime.
func (g *Progress) Say(say func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stop == nil || g.printer.options.Accessible {
		say()
		return
	}
	fmt.Fprint(g.printer.options.Err, clearLine)
	say()
	g.show()
}

// Line prints a permanent line, unless standard error is a terminal, where the
// updating line already shows it.
func (g *Progress) Line(text string) {
	if !g.printer.options.ErrTTY && !g.printer.options.Quiet {
		fmt.Fprintln(g.printer.options.Err, redact.Line(text))
	}
}

// Done removes the line and waits until nothing is drawn any more.
func (g *Progress) Done() {
	if g.stop == nil {
		return
	}
	close(g.stop)
	<-g.done
	if !g.printer.options.Accessible {
		fmt.Fprint(g.printer.options.Err, clearLine, showCursor)
	}
	g.stop = nil
}
