// A build as in the plugin's manual; which version of the plugin and where to, by the environment.
const { sentryWebpackPlugin } = await import(process.env.SENTRY_PLUGIN);

export default {
  mode: "production",
  entry: "./src/main.tsx",
  devtool: "hidden-source-map",
  output: { path: process.env.BUILD_FOLDER, filename: "assets/[name]-[contenthash:8].js" },
  resolve: { extensions: [".tsx", ".ts", ".js"] },
  module: {
    rules: [{ test: /\.tsx?$/, loader: "esbuild-loader", options: { jsx: "automatic" } }],
  },
  plugins: [
    sentryWebpackPlugin({ telemetry: false }),
    {
      apply(compiler) {
        compiler.hooks.thisCompilation.tap("page", (compilation) => {
          compilation.hooks.processAssets.tap({ name: "page", stage: 5000 }, (assets) => {
            const script = Object.keys(assets).find((name) => name.endsWith(".js"));
            const page = `<!doctype html><div id="root"></div><script src="/${script}"></script>`;
            const { RawSource } = compiler.webpack.sources;
            compilation.emitAsset("index.html", new RawSource(page));
          });
        });
      },
    },
  ],
};
