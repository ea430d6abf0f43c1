using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

return args switch
{
    ["upstream", .. var options] => await UpstreamProgram.RunAsync(options),
    ["host"] => await ChildHost.RunAsync(),
    _ => UpstreamProgram.Usage(),
};
