#include "textflag.h"

TEXT ·open(SB), NOSPLIT, $0-16
	MOVD $-100, R0
	MOVD path+0(FP), R1
	MOVD $0, R2
	MOVD $0, R3
	MOVD $56, R8
	SVC
	MOVD R0, ret+8(FP)
	RET
