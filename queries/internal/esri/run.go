package esri

import "math"

// Score computes the score of company f as the options say.
func (k *Worker) Score(f int32) Score {
	if k.o.Eps == 0 {
		return k.Certified(f)
	}
	out := k.Rounds(f)
	if k.o.Error > 0 && out.Error > k.o.Error {
		return k.Certified(f)
	}
	return out
}

// Rounds computes the score of company f round by round until Eps ends it. The Error is that against the equations
// followed to their end.
func (k *Worker) Rounds(f int32) Score {
	k.start(f)
	for k.round() > k.o.Eps {
	}
	out := k.sum()
	out.Error = min(1-min(out.ESRI, out.Downstream, out.Upstream), k.unfinished(f))
	return out
}

// unfinished bounds what further rounds would add.
func (k *Worker) unfinished(f int32) float64 {
	if !k.o.Replaceable { // what is to be passed on is listed, what was passed on is not
		for _, i := range k.affected {
			k.cells[i].passed = k.cells[i].down
		}
		for _, p := range k.down {
			k.cells[p.company].passed -= p.loss
		}
	}
	k.level = 0
	worst := k.weighSectors()
	left := k.missing(worst)
	if math.IsInf(left, 0) {
		left = k.ceil(f, 0)
	}
	left += k.rounding(worst)
	for _, p := range k.up {
		left += p.loss * (k.b.visits.high[p.company] - k.x.weight[p.company])
	}
	if math.IsNaN(left) {
		return inf
	}
	return left
}
