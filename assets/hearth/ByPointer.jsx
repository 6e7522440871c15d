// A hint that is another one for fingers: nothing is dropped there. Which of them is seen the style says, by the pointer.
export function ByPointer({ mouse, touch }) {
  return <><span className="by-mouse">{mouse}</span><span className="by-touch">{touch}</span></>;
}
