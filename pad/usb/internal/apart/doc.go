// Package apart is a second emulator of Wacom STU pads, kept apart from the
// driver: its author had read neither the driver nor the first emulator, so a
// fact that both of those got wrong in the same way shows here.
//
// It was written from the project's protocol reference (protocols.md, sections
// 0, 1, 5 and 6), its test vectors, its notes on hardware in the loop, and from
// the documentation (go doc) of pad, pad/usb, pad/usb/internal/wire and
// pad/usb/internal/drive. No source below pad/usb/internal/drive,
// pad/usb/internal/emu, pad/usb/hil or pad/model was opened.
//
// Start with New and a Model, put the Pad on a Bus, and let the pen write with
// Write. A Pad reads no clock: what takes a real pad time takes this one a
// number of status reads. Requests against the letter of the protocol are
// answered as it says, and noted: see Complaints.
//
// Choices where the text is silent or leaves two readings: results are taken as
// hexadecimal; a get of the wrong length is refused like a set; a command that
// is bound to a state is refused while the state changes; StartCapture without
// a key is a wrong state; SetEncryptionType (1) forgets the public key and the
// session key, EndCapture keeps both (rule 7: "end capture, act, start capture
// again"; Model.Forgets: it does not); the third byte of a modulus block is its
// number, as the open points of section 9 have it (Model.Lengths: a length, the
// other reading of "length or index" in section 1.3). Option modes 1 and 2 are
// refused. ROM images, the PIN mode and events are left out: they stall.
package apart
