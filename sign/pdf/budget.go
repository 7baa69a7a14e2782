package pdf

import "errors"

// ErrBudget: the content of a file is more than is looked at, so some of it was
// not seen.
var ErrBudget = errors.New("the pages draw more than is looked at")

// What is looked at in all content of one file together. Of 2,200 PDFs of other
// programs' test suites the largest needs were 11.8 MB, 699,000 operators,
// 146,000 steps, 66,000 figures and 1,640 runs, in different files; a voucher of
// one page has 36 kB, 2,050 operators, 1,360 steps, 37 figures and 3 runs. All of
// it spent takes less than a second and 200 MB.
const (
	mostBytes     = 24 << 20  // of content, each run of a form anew
	mostOperators = 1_500_000 // of any kind
	mostSteps     = 500_000   // of paths
	mostFigures   = 120_000   // paths
	mostRuns      = 20_000    // of content streams and forms
	mostOperands  = 64        // of one operator that are kept
)

// budget is what is left.
type budget struct{ bytes, operators, steps, figures, runs int }

func fullBudget() *budget {
	return &budget{bytes: mostBytes, operators: mostOperators, steps: mostSteps, figures: mostFigures, runs: mostRuns}
}

// spend takes n from one of the parts.
func spend(part *int, n int) error {
	if *part -= n; *part < 0 {
		*part = 0
		return ErrBudget
	}
	return nil
}
