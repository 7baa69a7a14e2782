package model

// stuAllow is protocols.md 1.7 turned round: for a report id, the states in
// which a get and a set are accepted.
type stuAllow struct{ get, set uint8 }

const (
	inReady uint8 = 1 << iota
	inImage
	inCapture
	inCalc
	inBoot
	inRom
	inAny     = inReady | inImage | inCapture | inCalc | inBoot | inRom
	notRom    = inAny &^ inRom
	readyOnly = inReady
)

var stuTable = map[byte]stuAllow{
	IDStatus: {get: inAny}, IDInformation: {get: inAny}, IDCapability: {get: inAny}, IDUid: {get: inAny, set: readyOnly},
	IDUid2: {get: inAny}, IDESerial: {get: inAny}, IDInking: {inAny, inAny}, IDThreshold: {get: inAny, set: readyOnly},
	IDPenColor: {inAny, inAny}, IDPenColor24: {inAny, inAny}, IDOptionMode: {inAny, inAny}, IDCryptStatus: {get: inAny},
	IDReset: {set: inAny}, IDDisplayArea: {notRom, notRom}, IDHostPublic: {get: notRom, set: readyOnly},
	IDDHPrime: {get: notRom}, IDDHBase: {get: notRom}, IDDevicePublic: {get: notRom &^ inCalc},
	IDOperation: {inReady | inCapture, inReady | inCapture}, IDRomHash: {inReady | inCapture, inReady | inCapture},
	IDStartCapture: {set: readyOnly}, IDClear: {set: readyOnly}, IDClearArea: {set: readyOnly}, IDStartArea: {set: readyOnly},
	IDStartImage: {set: readyOnly}, IDCrypt: {readyOnly, readyOnly}, IDRomStartImage: {set: readyOnly},
	IDImageBlock: {set: inImage}, IDEndImage: {set: inImage}, IDEndCapture: {set: inCapture},
}

// Allowed says whether the pad accepts a get, or a set, of a report in a state.
// Ids that are not in the published table are never allowed.
func Allowed(id byte, set bool, s State) bool {
	if s > RomBusy {
		return false
	}
	a := stuTable[id]
	if set {
		return a.set>>s&1 != 0
	}
	return a.get>>s&1 != 0
}
