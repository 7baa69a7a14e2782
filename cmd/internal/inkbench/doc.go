// Package inkbench runs the ink engine on recorded handwriting, for outside
// judges and for people's eyes: start at Bench, Live and Show, which are the
// commands "tellerctl ink bench", "ink live" and "ink show". They exist only
// under the build tag virtualpad: a production build has no way from a file to
// ink. Places in files are in device units or mm as each function says.
package inkbench
