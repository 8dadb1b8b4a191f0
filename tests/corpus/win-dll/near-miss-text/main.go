package main

import "fmt"

func main() { fmt.Println("libgcc_s_seh-1.dll") }
