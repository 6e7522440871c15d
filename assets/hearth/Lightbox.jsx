// Where pictures are looked at large. It stands once on a page and draws nothing until somebody opens one: only then is
// what draws it fetched.
import { Suspense, lazy, useEffect, useState } from "react";

const LightboxView = lazy(() => import("./LightboxView.jsx"));

export function Lightbox({ words }) {
  const [shown, setShown] = useState(null);
  useEffect(() => {
    const show = ({ detail }) => setShown(detail);
    window.addEventListener("hearth:picture", show);
    return () => window.removeEventListener("hearth:picture", show);
  }, []);
  if (!shown) return null;
  return (
    <Suspense fallback={null}>
      <LightboxView key={shown.files.map(({ id }) => id).join()} {...shown} words={words} onClose={() => setShown(null)} />
    </Suspense>
  );
}
