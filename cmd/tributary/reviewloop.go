package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/review"
)

// The answers that review takes: a letter on a terminal, that or the word in a line.
var reviewAnswers = map[string]string{"a": "accept", "r": "reject", "s": "skip", "u": "undo", "q": "quit"}

const reviewPrompt = "[a]ccept: one company   [r]eject: two   [s]kip   [u]ndo the last   [q]uit > "

// reviewLoop is one sitting of a reviewer.
type reviewLoop struct {
	p     *program
	o     *printer
	store graph.Store
	view  *graph.View
	flags *reviewFlags

	queue    []review.Item
	at       int
	answered []answered // in this sitting, the last one last

	accepted, rejected, skipped int
}

// answered is an answer that undo takes back: to which place it goes back, and what was said.
type answered struct {
	at     int
	id     string
	answer string
}

// reviewAll asks about every open review.
func (p *program) reviewAll(ctx context.Context, store graph.Store, v *graph.View, r *reviewFlags) error {
	items, err := review.List(ctx, store, v, review.Open)
	if err != nil {
		return err
	}
	o := &printer{w: p.out, width: p.width, colour: p.colour}
	if p.output.width > 0 {
		o.width = p.output.width
	}
	if len(items) == 0 {
		o.printf("Nothing to review. %s resolve%s looks for names that are one company.\n", p.self, p.onStore())
		return nil
	}
	l := &reviewLoop{p: p, o: o, store: store, view: v, flags: r, queue: items}
	if err := l.run(ctx, newAnswerReader(p.in)); err != nil {
		return err
	}
	open, err := review.List(ctx, store, l.view, review.Open)
	if err != nil {
		return err
	}
	o.printf("\n%s accepted, %s rejected, %s skipped; %s open; revision %d\n", thousands(l.accepted), thousands(l.rejected), thousands(l.skipped), thousands(len(open)), l.view.Head().Revision)
	if n := len(l.answered); n > 0 && l.answered[n-1].answer != "skip" {
		o.printf("Take the last answer back with: %s review undo %s%s\n", p.self, l.answered[n-1].id, p.onStore())
	}
	return nil
}

func (l *reviewLoop) run(ctx context.Context, in *answerReader) error {
	shown := ""
	for {
		item, err := l.next(ctx)
		if err != nil {
			return err
		}
		switch {
		case item == nil && len(l.answered) == 0:
			return nil
		case item == nil:
			l.o.printf("\nThat was the last one: [u]ndo it   [q]uit > ")
		default:
			if item.ID != shown {
				l.o.printf("\n")
				l.o.heading(fmt.Sprintf("Review %s of %s: %s", thousands(l.at+1), thousands(len(l.queue)), item.ID))
				l.o.pair(l.view, item)
				shown = item.ID
			}
			l.o.printf("%s", reviewPrompt)
		}
		answer, err := in.next(ctx)
		if errors.Is(err, io.EOF) {
			l.o.printf("\n")
			return nil
		}
		if err != nil {
			return err
		}
		l.o.printf("%s\n", printable(answer))
		if answer == "quit" {
			return nil
		}
		if err := l.answer(ctx, item, answer); err != nil {
			return err
		}
		if answer == "undo" {
			shown = ""
		}
	}
}

// next is the next review that is still open; nil behind the last. Others were decided meanwhile, or with another one.
func (l *reviewLoop) next(ctx context.Context) (*review.Item, error) {
	for ; l.at < len(l.queue); l.at++ {
		item, err := review.Get(ctx, l.store, l.view, l.queue[l.at].ID)
		if err != nil || item.Status == review.Open {
			return &item, err
		}
	}
	return nil, nil
}

// answer does what the reviewer says of the item; behind the last one there is only undo.
func (l *reviewLoop) answer(ctx context.Context, item *review.Item, answer string) error {
	switch {
	case answer == "undo":
		return l.undo(ctx)
	case item == nil:
		return nil
	case answer == "accept":
		return l.decide(ctx, item, review.Same, answer)
	case answer == "reject":
		return l.decide(ctx, item, review.Different, answer)
	case answer == "skip":
		l.skipped++
		l.forward(item.ID, answer)
		return nil
	}
	l.o.printf("%q is no answer; %s\n", answer, strings.TrimSuffix(reviewPrompt, " > "))
	return nil
}

func (l *reviewLoop) forward(id, answer string) {
	l.answered = append(l.answered, answered{at: l.at, id: id, answer: answer})
	l.at++
}

// decide records the answer. What somebody else decided at this moment is told, and passed over.
func (l *reviewLoop) decide(ctx context.Context, item *review.Item, d review.Status, answer string) error {
	_, err := review.Decide(ctx, l.store, l.view, item.ID, l.p.verdict(l.flags, d))
	if errors.Is(err, graph.ErrConflict) {
		l.o.printf("%s\n", strings.TrimPrefix(err.Error(), graph.ErrConflict.Error()+": "))
		l.at++
		return l.refresh(ctx)
	}
	if err != nil {
		return err
	}
	l.count(answer, 1)
	l.forward(item.ID, answer)
	if err := l.refresh(ctx); err != nil {
		return err
	}
	if d == review.Different {
		l.o.leftOver(l.view, item)
	}
	return nil
}

// leftOver tells what a name is after a rejection, where only one company of that name is left.
func (o *printer) leftOver(v *graph.View, x *review.Item) {
	n, ok := v.Find(graph.KindCompany, x.Record)
	if id := v.ID(graph.KindCompany, n); ok && id != x.Record {
		o.printf("%s is %s then, %s, the only one of that name that is left.\n", printable(x.Record), id, printable(v.Name(graph.KindCompany, n)))
	}
}

func (l *reviewLoop) count(answer string, by int) {
	switch answer {
	case "accept":
		l.accepted += by
	case "reject":
		l.rejected += by
	case "skip":
		l.skipped += by
	}
}

// undo takes back the last answer of this sitting, and goes back to its question.
func (l *reviewLoop) undo(ctx context.Context) error {
	if len(l.answered) == 0 {
		l.o.printf("nothing was answered yet that could be taken back; %s review undo takes back what was decided earlier\n", l.p.self)
		return nil
	}
	last := l.answered[len(l.answered)-1]
	if last.answer != "skip" {
		_, err := review.Decide(ctx, l.store, l.view, last.id, l.p.verdict(l.flags, review.Open))
		if errors.Is(err, graph.ErrConflict) {
			l.o.printf("%s\n", strings.TrimPrefix(err.Error(), graph.ErrConflict.Error()+": "))
			return l.refresh(ctx)
		}
		if err != nil {
			return err
		}
	}
	l.answered = l.answered[:len(l.answered)-1]
	l.count(last.answer, -1)
	l.at = last.at
	return l.refresh(ctx)
}

// refresh shows what was decided in the next question.
func (l *reviewLoop) refresh(ctx context.Context) (err error) {
	l.view, err = review.Current(ctx, l.store, l.view)
	return err
}

// answerReader reads answers: a key at a time from a terminal, a line at a time from anything else.
type answerReader struct {
	lines    *bufio.Reader
	terminal *os.File // nil when the input is none
}

func newAnswerReader(in io.Reader) *answerReader {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &answerReader{terminal: f}
	}
	return &answerReader{lines: bufio.NewReader(in)}
}

// next is the next answer, as a word where it is one; io.EOF at the end of the input.
func (r *answerReader) next(ctx context.Context) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if r.terminal != nil {
		return r.key()
	}
	line, err := r.lines.ReadString('\n')
	text := strings.ToLower(strings.TrimSpace(line))
	if err != nil && (text == "" || !errors.Is(err, io.EOF)) {
		return "", err
	}
	if word, ok := reviewAnswers[text]; ok {
		return word, nil
	}
	return text, nil
}

// Keys that end a sitting: Ctrl-C and Ctrl-D, which a terminal in this mode hands on.
const (
	keyInterrupt = 3
	keyEnd       = 4
)

// key reads one key, without waiting for the end of the line.
func (r *answerReader) key() (string, error) {
	fd := int(r.terminal.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", fmt.Errorf("reading a key: %w", err)
	}
	var b [8]byte
	n, err := r.terminal.Read(b[:])
	if restored := term.Restore(fd, before); err == nil {
		err = restored
	}
	if err != nil {
		return "", err
	}
	if n == 0 || b[0] == keyInterrupt || b[0] == keyEnd {
		return "quit", nil
	}
	text := strings.ToLower(strings.TrimSpace(string(b[:n])))
	if word, ok := reviewAnswers[text]; ok {
		return word, nil
	}
	return text, nil
}
