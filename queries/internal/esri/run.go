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
	small, hold := k.small, k.hold
	for !k.follow(f) {
		k.small /= 4
		k.hold /= 4
	}
	k.small, k.hold = small, hold
	out := k.sum()
	out.Error = min(1-min(out.ESRI, out.Downstream, out.Upstream), k.unfinished(f))
	return out
}

// follow computes the rounds. It gives up and returns false where the largest loss of one comes so near Eps that what
// was held back may decide which round is the last.
func (k *Worker) follow(f int32) bool {
	k.start(f)
	for {
		most := k.round()
		if k.small > leastSmall*k.o.Eps && math.Abs(most-k.o.Eps) < doubtful*k.small {
			return false
		}
		if most <= k.o.Eps {
			return true
		}
	}
}

// ceilEps is the Eps from which on a ceiling is near enough to be worth looking for.
const ceilEps = 1e-6

// unfinished bounds what further rounds would add.
func (k *Worker) unfinished(f int32) float64 {
	k.level = 0
	worst := k.weighSectors()
	left := k.missing(worst)
	if math.IsInf(left, 0) && k.o.Eps <= ceilEps {
		left = k.ceil(f, 0)
	}
	left += k.rounding(worst)
	for _, i := range k.affected {
		if r := k.cells[i].up - k.cells[i].upPassed; r > 0 {
			left += r * (k.b.visits.high[i] - k.x.weight[i])
		}
	}
	if math.IsNaN(left) {
		return inf
	}
	return left
}
