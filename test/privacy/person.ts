let people = 0;

/** A person with texts of their own, which nobody else's rows have. */
export function person(called: string) {
  const name = `${called}${++people}`;
  return {
    userId: `user-${name}-4711`,
    anonymousId: `device-${name}-0815`,
    email: `${name[0]?.toUpperCase()}${name.slice(1)}.Mc${name}@Mail.example`,
    phone: `+49 170 ${Array.from(name)
      .map((letter) => letter.charCodeAt(0))
      .join('')
      .slice(-7)}`,
    firstName: `${name}-firstname`,
    street: `${name}-street 12`,
    note: `please ring at ${name}-door`,
    ip: '203.0.113.77',
  };
}
export type Person = ReturnType<typeof person>;

/** What must not be found any more, in lower case. */
export function strings(of: Person, customerId: string): readonly string[] {
  const { userId, anonymousId, email, phone, firstName, street, note } = of;
  return [userId, anonymousId, email, phone, firstName, street, note, customerId].map((each) =>
    each.toLowerCase(),
  );
}
