import { createTestHarness } from 'wrangler'
const h = createTestHarness({workers:[{configPath:'/tmp/es/w/wrangler.json'}]}); const {url}=await h.listen(); console.log(await (await fetch(url)).text()); await h.close(); process.exit()
