package compare

import "slices"

// Result is the figures of a work: of each label, one a run.
type Result struct {
	Work    string
	Unit    Unit
	Ours    string   // the label that is compared with the others
	Labels  []string // in the order of reports
	Targets []Target
	Runs    map[string][]float64 // by label
}

// Add adds the figure of a run.
func (r *Result) Add(label string, figure float64) {
	if r.Runs == nil {
		r.Runs = make(map[string][]float64)
	}
	r.Runs[label] = append(r.Runs[label], figure)
}

// Median returns the median of a label's runs.
func (r *Result) Median(label string) float64 { return Median(r.Runs[label]) }

func (r *Result) has(label string) bool { return len(r.Runs[label]) > 0 }

// Spread returns by how much of the median the quartiles of a label's runs
// differ: how noisy they were.
func (r *Result) Spread(label string) float64 {
	x := slices.Sorted(slices.Values(r.Runs[label]))
	if len(x) == 0 || Median(x) == 0 {
		return 0
	}
	return (x[len(x)*3/4] - x[len(x)/4]) / Median(x)
}

// Median returns the value in the middle, 0 without any.
func Median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(x))
	if len(s)%2 == 1 {
		return s[len(s)/2]
	}
	return (s[len(s)/2-1] + s[len(s)/2]) / 2
}
