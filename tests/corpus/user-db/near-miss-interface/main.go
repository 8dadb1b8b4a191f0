// It has an interface by which the list is asked, and makes it of something else.
// go: 1.26
package main

import (
	"fmt"
	"os"
	"os/user"
)

type grouped interface{ GroupIds() ([]string, error) }

type nobody struct{}

func (nobody) GroupIds() ([]string, error) { return nil, nil }

type somebody struct{ user.User }

func (somebody) GroupIds() ([]string, error) { return []string{"0"}, nil }

func main() {
	var one grouped = nobody{}
	if len(os.Args) > 1 {
		one = somebody{}
	}
	fmt.Println(one.GroupIds())
}
