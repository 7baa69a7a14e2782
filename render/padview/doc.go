// Package padview makes the pictures of a pad's own screen: what a customer who
// has no other screen reads, the box to sign in, the idle picture, each with the
// places of its keys. They are plain pixels, black on white, so that a screen
// of one bit shows them as well as one of colours.
//
// Start with [New] and [Maker.Pages]. Screens of 640 pixels and more show the
// elements of the business in large print and then each page as it will be
// signed, cut into pieces at full width; on smaller ones nobody could read a
// page, so its elements, all other entries and the statement above the
// signature stand there as text, and of every further page all its words.
//
// It shows nothing and waits for no key (cmd/internal/flow does), and it knows
// no pad: frames and keys are those of package pad. Lengths are pixels; type is
// a share of the screen's height, never below 14 pixels.
package padview
