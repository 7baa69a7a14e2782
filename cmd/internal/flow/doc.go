// Package flow is one customer's transaction, step by step, with no window in
// sight: entry, a second person's approval, the customer's pages, signing,
// filing. It joins the rooms (form, render, ink, watermark, pdf, sign, store)
// and knows neither screens nor archives nor the cable of a pad.
//
// Start with [New] (a Desk: the workstation's keys, fonts and store), then
// [Desk.Begin] gives a [Session]: Enter, Approve, Confirm, Open, and for each
// signer a [Box]: Record and Accept. The last Accept takes the ink off the pad,
// draws and marks it, finishes the page, signs and files the voucher in one
// call; nothing unsigned lies between. What has to be shown comes through
// [Screen].
//
// A failure before filing leaves no trace but an entry of the log, and burns
// the voucher's number. Samples are overwritten as soon as their ink is drawn.
//
// Lengths are mm, money is integer fen, times come from the clock handed in.
// A Session is used from one goroutine; only Record runs beside the others.
package flow
