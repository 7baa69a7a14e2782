// Package kit is the look of the windows: colours and type of the design guide,
// and the small parts that pages are put together from (cards, fields, digit
// boxes, buttons with their key, bars, tables, the surface that ink is drawn
// on). It knows no transaction, no store and no language: texts come in ready.
//
// Start with [Look]: it carries a [Palette] and a scale, and its methods make
// the parts. Parts are plain fyne containers; those that change have a struct
// with Set methods. Nothing here has focus of its own: the page that shows a
// field decides which one is current and hands it the keys.
//
// All sizes are fyne's device-independent pixels at 100 %, multiplied by
// Look.K; their values are those of the project's design guide.
package kit
