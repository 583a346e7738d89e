export default function Home() {
  return <main>Calls of today</main>;
}
