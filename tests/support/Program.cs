using ProxyCluster.Tests.Support.Upstream;

return args is ["upstream", .. var options] ? await UpstreamProgram.RunAsync(options) : UpstreamProgram.Usage();
