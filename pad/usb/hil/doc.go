// Package hil tests pad/usb against the USB stack of a real kernel, on machines
// that have no USB: the test binary boots itself in QEMU as the first process
// of Debian's own kernel, and its tests plug emulated pads into that kernel
// through vhci_hcd (USB/IP over a socket pair, in the same process). QEMU's own
// tablet is a device that we did not write.
//
// There is nothing to import. Start with `make test-hil`, or
//
//	go test -tags hil ./pad/usb/hil
//
// Two machines run side by side. In one, which has nothing of the host but its
// processor, the clock counts instructions and jumps over idleness: however slow
// or busy the host is, the guest sees the same times, and the kernel's delays
// cost nothing. QEMU's tablet is moved by the host and has the other machine,
// with a real clock, to itself.
//
// The first run downloads the kernel package through apt (70 MB) and keeps it
// in the user's cache directory; later ones take about half a minute. Where
// QEMU or the kernel cannot be had the test is skipped and says what was not
// tested. Times mean nothing in here, the machine is emulated: no test asserts
// one, and a lost report is no failure as long as it is reported as lost.
package hil
