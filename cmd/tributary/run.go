package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/tributarygraph/tributary/graph"
)

// The exit codes, part of the interface of the program: docs/cli.md lists them.
const (
	exitOK          = 0
	exitError       = 1   // the store, a file or the network failed
	exitUsage       = 2   // a flag, an argument or the form of an input is wrong
	exitNotFound    = 3   // no company, product, relation, import or file is called that
	exitAmbiguous   = 4   // a name fits several; the candidates are listed
	exitPartial     = 5   // done, but not for everything: rows were rejected, or check found something
	exitInterrupted = 130 // Ctrl-C
)

// program is what one run has at hand: where it reads and writes, and what was asked for on the way.
type program struct {
	in       io.Reader
	out      io.Writer
	err      io.Writer
	env      map[string]string
	self     string // how the user called the program, for the commands that messages suggest
	width    int    // columns of the terminal that out is; 0 when it is none
	colour   bool   // out is a terminal that takes escape codes
	errWidth int    // columns of the terminal that err is; 0 when it is none

	store  storeFlags
	output outputFlags
}

// run is the program: main without the process around it. args[0] is the name it was called by. It returns the
// exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, environ []string) int {
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	p := newProgram(args[0], in, out, errs, environ)
	root := newRoot(p)
	root.SetArgs(args[1:])
	err := checkCommandName(root, args[1:])
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return exitOK
	}
	p.explain(ctx, err)
	return exitCode(ctx, err)
}

// endings are the signals at which the program stops in an orderly way, and leaves no temporary files. That of a terminal that
// is closed is none where whoever started the program has it ignored.
func endings() []os.Signal {
	out := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		out = append(out, syscall.SIGHUP)
	}
	return out
}

func newProgram(arg0 string, in io.Reader, out, errs io.Writer, environ []string) *program {
	p := &program{in: in, out: out, err: errs, env: map[string]string{}, self: selfName(arg0)}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		p.env[name] = value
	}
	p.width, p.errWidth = terminalWidth(out), terminalWidth(errs)
	p.colour = p.width > 0 && p.env["NO_COLOR"] == "" && p.env["TERM"] != "dumb"
	return p
}

// selfName is what the user types to run the program again.
func selfName(arg0 string) string {
	switch {
	case strings.Contains(arg0, "go-build"):
		return "go run ./cmd/tributary" // the temporary binary of go run
	case strings.HasPrefix(arg0, "./"):
		return arg0
	}
	return "tributary"
}

// terminalWidth is 0 when w is no terminal.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// usageError is an error of the command line itself.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// hintError is an error with what to do next.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() }
func (e *hintError) Unwrap() error { return e.err }

func hint(err error, format string, args ...any) error {
	return &hintError{err: err, hint: fmt.Sprintf(format, args...)}
}

// partialError says that the work is done, except for a part that was shown already.
type partialError struct{ text string }

func (e *partialError) Error() string { return e.text }

var errStopped = errors.New("stopped")

// interrupted reports whether err is of a run that Ctrl-C ended.
func interrupted(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, context.Canceled)
}

// swap puts other in the place of err, and keeps what to do next.
func swap(err, other error) error {
	var hinted *hintError
	if errors.As(err, &hinted) {
		return &hintError{err: other, hint: hinted.hint}
	}
	return other
}

// explain prints an error with what to do next.
func (p *program) explain(ctx context.Context, err error) {
	var partial *partialError
	if errors.As(err, &partial) {
		fmt.Fprintln(p.err, "tributary: "+partial.text)
		return
	}
	if interrupted(ctx, err) {
		err = swap(err, errStopped)
	}
	text := err.Error()
	for _, kind := range []error{graph.ErrInvalid, graph.ErrNotFound, graph.ErrAmbiguous, graph.ErrUnavailable} {
		text = strings.TrimPrefix(text, kind.Error()+": ")
	}
	fmt.Fprintln(p.err, "tributary: "+printable(text))
	var hinted *hintError
	if errors.As(err, &hinted) {
		fmt.Fprintln(p.err, "  "+strings.ReplaceAll(hinted.hint, "\n", "\n  "))
	}
}

func exitCode(ctx context.Context, err error) int {
	var usage *usageError
	var partial *partialError
	switch {
	case errors.As(err, &partial):
		return exitPartial
	case interrupted(ctx, err):
		return exitInterrupted
	case errors.As(err, &usage), errors.Is(err, graph.ErrInvalid):
		return exitUsage
	case errors.Is(err, graph.ErrAmbiguous):
		return exitAmbiguous
	case errors.Is(err, graph.ErrNotFound):
		return exitNotFound
	}
	return exitError
}
