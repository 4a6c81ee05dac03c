// Node 20.19 can require() an ES module and @fastify/static does; Jest on Node 20 cannot. Tests get
// this in place of `content-disposition`, whose `create` names the file of a download.
module.exports = { create: (name) => `attachment; filename="${encodeURIComponent(name)}"` }
