// Loaded before the product into a process whose clock is to be wrong: shifts what JavaScript there
// takes for now. Native code keeps the machine's clock; where libfaketime is installed it is used
// in place of this, and shifts both.
const shift = Number(process.env.FAULTS_CLOCK_SHIFT_MS);
const RealDate = Date;
const now = RealDate.now;

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now() + shift);
    else super(...given);
  }

  static now() {
    return now() + shift;
  }
};
