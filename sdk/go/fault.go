package switchyard

import (
	"errors"
	"strconv"
)

// Fault is a plugin's no. It is not a crash: the instance lives on.
//
// Any other error that a method returns counts as a fault with code 0.
type Fault struct {
	// 0: "cannot answer", and the plugin's onFault decides what the request gets.
	// 400 to 599: the request is refused with this HTTP status.
	Code uint32
	// Shown to the client where Code is a status, and always in the decision record.
	Message string
}

// Error is for Go; the message, and the status if there is one.
func (fault *Fault) Error() string {
	if fault.Code == 0 {
		return fault.Message
	}
	return fault.Message + " (status " + strconv.FormatUint(uint64(fault.Code), 10) + ")"
}

// CannotAnswer says that the plugin has no answer, and why.
func CannotAnswer(message string) error {
	return &Fault{Message: message}
}

// Refuse refuses the request with an HTTP status from 400 to 599.
func Refuse(status uint32, message string) error {
	return &Fault{Code: status, Message: message}
}

// FaultOf gives the fault in an error that is not nil.
func FaultOf(err error) Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return *fault
	}
	return Fault{Message: err.Error()}
}
