"""What the frozen program starts: the same commands as `kuaijian` in a clone."""

import multiprocessing

from gui.program import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
