// Package draw makes SVG of figures: pure functions from values to markup, with
// classes for style sheets in place of colours, and without styles or scripts
// of its own, which the pages' Content-Security-Policy forbids.
//
// Charts over time ([Chart]) are as wide as their place: percentages across,
// pixels upwards. What they show stands beside them as a table too, as an image
// tells nobody exact figures, and some people nothing.
package draw
