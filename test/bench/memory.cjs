const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync('.megabytes', `${process.resourceUsage().maxRSS / 1024}`));
