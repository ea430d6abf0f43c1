using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Hosting;

return await HostRunner.RunAsync(() => SiloApplication.Create(args));
