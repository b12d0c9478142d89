package importer

import "time"

// progress calls Options.Progress, not more often than anyone can see.
type progress struct {
	call   func(Progress)
	began  time.Time
	phased time.Time
	last   time.Time
	now    Progress
}

const progressEvery = 100 * time.Millisecond

func newProgress(call func(Progress), files []file) *progress {
	p := &progress{call: call, began: time.Now(), now: Progress{Phase: PhaseRead}}
	p.phased = p.began
	for _, f := range files {
		if f.size == 0 {
			p.now.TotalBytes = 0
			return p
		}
		p.now.TotalBytes += f.size
	}
	return p
}

// reading tells how many rows were read, and bytes of the inputs.
func (p *progress) reading(rows, bytes int64) {
	p.now.Rows, p.now.Bytes = rows, bytes
	p.tell(false)
}

// writing tells how many of the rows are in the store.
func (p *progress) writing(rows, total int64) {
	if p.now.Phase != PhaseWrite {
		p.now.Phase, p.phased = PhaseWrite, time.Now()
		p.now.Bytes = p.now.TotalBytes
	}
	p.now.Rows, p.now.TotalRows = rows, total
	p.tell(rows == total)
}

func (p *progress) finish(rows int64) {
	p.now.Phase, p.now.Rows, p.now.TotalRows = PhaseDone, rows, rows
	p.tell(true)
}

func (p *progress) tell(always bool) {
	now := time.Now()
	if p.call == nil || !always && now.Sub(p.last) < progressEvery {
		return
	}
	p.last = now
	p.now.Elapsed, p.now.PhaseTime = now.Sub(p.began), now.Sub(p.phased)
	p.call(p.now)
}
