package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// meter shows how far a long work is, on stderr: a bar on a terminal, a plain line now and then elsewhere.
type meter struct {
	w     io.Writer
	width int  // of the terminal; 0: plain lines
	quiet bool // nothing at all
	every time.Duration
	// patience is how long a work may take before the meter shows up.
	patience time.Duration

	mu    sync.Mutex
	began time.Time
	last  time.Time
	drawn bool // a bar stands on the line
}

const (
	barEvery   = 100 * time.Millisecond
	plainEvery = 5 * time.Second
	patience   = time.Second
)

func (p *program) newMeter() *meter {
	m := &meter{w: p.err, width: p.errWidth, quiet: p.output.quiet, every: barEvery, patience: patience, began: time.Now()}
	if m.width == 0 {
		m.every = plainEvery
	}
	m.last = m.began
	return m
}

// step is the state of a work.
type step struct {
	what  string        // "reading rows"
	done  int64         // in units
	total int64         // 0: not known
	part  float64       // 0..1, where it is known otherwise than by done of total; negative when not
	took  time.Duration // since the step began
	unit  string
}

// show draws the state, not more often than it can be read.
func (m *meter) show(s step) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if m.quiet || now.Sub(m.began) < m.patience || now.Sub(m.last) < m.every {
		return
	}
	m.last = now
	if m.width == 0 {
		fmt.Fprintln(m.w, s.text())
		return
	}
	m.drawn = true
	fmt.Fprint(m.w, "\r"+s.bar(m.width-1)+"\x1b[K")
}

// end takes the bar away; nothing is shown any more.
func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.quiet = true
	if m.drawn {
		fmt.Fprint(m.w, "\r\x1b[K")
		m.drawn = false
	}
}

// portion is how much is done, 0..1; negative when that is not known.
func (s step) portion() float64 {
	switch {
	case s.total > 0:
		return min(1, float64(s.done)/float64(s.total))
	case s.part >= 0:
		return min(1, s.part)
	}
	return -1
}

func (s step) text() string {
	text := fmt.Sprintf("%s: %s", s.what, thousands(s.done))
	if s.total > 0 {
		text += " of " + thousands(s.total)
	}
	text += " " + s.unit
	if seconds := s.took.Seconds(); seconds > 0.1 {
		text += fmt.Sprintf(", %s/s", thousands(int64(float64(s.done)/seconds)))
		if part := s.portion(); part > 0.01 && part < 1 {
			left := time.Duration(seconds * (1 - part) / part * float64(time.Second))
			text += fmt.Sprintf(", %s left", left.Round(time.Second))
		}
	}
	return text
}

func (s step) bar(width int) string {
	text := s.text()
	part := s.portion()
	room := min(30, width-cells.StringWidth(text)-8)
	if part < 0 || room < 5 {
		return cells.Truncate(text, width, ellipsis)
	}
	full := int(part * float64(room))
	return fmt.Sprintf("[%s%s] %3d%% %s", strings.Repeat("█", full), strings.Repeat("░", room-full), int(part*100), text)
}

// thousands writes a count with separators.
func thousands[N ~int | ~int64 | ~uint64](n N) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// elapsed is how long the work has taken.
func (m *meter) elapsed() time.Duration { return time.Since(m.began).Round(time.Millisecond) }
