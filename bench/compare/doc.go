// Package compare judges what was measured: medians of figures, ratios between
// them, and whether a target was met.
//
// A target is a ratio between ours and a peer of the same run, because a figure
// by itself says more about the machine than about the program. Where no peer
// can be had, a target is a number.
package compare
