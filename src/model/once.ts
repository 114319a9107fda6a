/** A fact of a state that is worked out once, however many things of that state ask for it. */
export function onceFor<S extends object, T>(workOut: (state: S) => T): (state: S) => T {
  const known = new WeakMap<S, { readonly fact: T }>();
  return (state) => {
    const found = known.get(state) ?? { fact: workOut(state) };
    known.set(state, found);
    return found.fact;
  };
}
