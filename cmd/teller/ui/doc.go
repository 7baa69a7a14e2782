// Package ui is the windows of the desktop program: the teller's, and the
// customer's on the second screen or, where there is none, as a pane of the
// first. It shows a flow.Session and takes keys to it; it decides nothing about
// a transaction, draws no voucher and knows no cable, printer or archive: those
// come in through [Options].
//
// Start with [New] and [App.Run]. One file a page; kit has the parts pages are
// made of; bridge.go is the only caller of fyne.Do. Sizes are fyne's
// device-independent pixels, durations are real time.
//
// Goroutines: fyne's own calls every page; one worker carries the session's
// calls in order (work); one records the open box; one waits for a pad; one
// empties the queue. All end before Run's caller gets control back.
package ui
