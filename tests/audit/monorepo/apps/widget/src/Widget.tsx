import { useState } from "preact/hooks";

export function Widget() {
  const [agents, setAgents] = useState<string[]>([]);
  async function load() {
    try {
      const response = await fetch("/api/agents");
      setAgents(await response.json());
    } catch {
      setAgents([]);
    }
  }
  return <button onClick={load}>{agents.length} agents</button>;
}
