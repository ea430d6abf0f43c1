using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Hosting;

const string Usage = "Usage: silo [--config file] [--role all|silo] [--Section:Setting=value …]";

return await HostRunner.RunAsync(() => SiloApplication.Create(args), Usage);
