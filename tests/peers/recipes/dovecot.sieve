require ["vnd.dovecot.pipe", "copy"];
pipe :copy "backsoon";
