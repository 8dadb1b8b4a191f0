// The list is asked by an interface alone.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: the list of users
package main

import (
	"fmt"
	"os"
	"os/user"
)

type grouped interface{ GroupIds() ([]string, error) }

type nobody struct{}

func (nobody) GroupIds() ([]string, error) { return nil, nil }

func main() {
	var one grouped = &user.User{Uid: "0", Gid: "0", Username: "root"}
	if len(os.Args) > 1 {
		one = nobody{}
	}
	fmt.Println(one.GroupIds())
}
