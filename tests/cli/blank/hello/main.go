// Needs nothing.
package main

func main() { println("hello") }
