// The last net under a page: when drawing it breaks, words of ours and a way on instead of a blank window. It needs
// nothing of what it holds, and React has told the console what broke.
import { Component } from "react";

export class Boundary extends Component {
  state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  render() {
    const { title, lead, reload, home, children } = this.props;
    if (!this.state.broken) return children;
    return (
      <main className="closed-door" role="alert">
        <h1>{title}</h1>
        <p>{lead}</p>
        <button type="button" className="button main" onClick={() => location.reload()}>{reload}</button>
        <a className="button" href="/">{home}</a>
      </main>
    );
  }
}
