import { render } from "preact";
import { Widget } from "./Widget";

render(<Widget />, document.getElementById("app")!);
