// finds: trusted certificates
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/smtp"
	"os"
)

func main() {
	err := smtp.SendMail(os.Args[1], nil, "a@example.com", []string{"b@example.com"}, []byte("hello"))
	fmt.Println(err)
}
