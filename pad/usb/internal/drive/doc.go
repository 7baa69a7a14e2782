// Package drive makes a pad.Device of an open cable: it knows the families of
// pads, keeps account of every report, runs encrypted sessions and pictures,
// and finds pads on a bus.
//
// Start with [Open] and [Watcher]. A driver's stream runs only while somebody
// listens (a capture, or a wait for a key); one goroutine reads it, decodes at
// once and hands samples on through a queue, and whoever stops the stream waits
// for it. Raw reports are wiped after use.
//
// Times are the pad's clock where it has one, else the host's at arrival. What
// it can not prove is said in the evidence: without sequence numbers no loss is
// seen. Positions in mm come from pad/model.
package drive
