// Package process keeps the memory of this process to itself: no core dumps, no
// other process of the same user may attach or read its memory. Handwriting and
// keys live there. Start with Harden, first thing in main. It does not lock
// pages against swapping.
package process
